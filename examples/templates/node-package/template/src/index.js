/**
 * Returns a greeting.
 *
 * @param {string} name whom to greet; spaces around it are dropped
 * @returns {string}
 * @throws {RangeError} when there is nobody to greet
 */
export function greet(name) {
  const trimmed = name.trim();
  if (trimmed === "") {
    throw new RangeError("there is nobody to greet");
  }
  return `Hello, ${trimmed}!`;
}

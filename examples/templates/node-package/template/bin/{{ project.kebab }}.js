#!/usr/bin/env node
import { greet } from "../src/index.js";

console.log(greet(process.argv[2] ?? "world"));

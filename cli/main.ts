#!/usr/bin/env node
/** Entry of the bin `provisioner`. */
import { endProcess } from './end-process.js';
import { runProgram } from './program.js';

// A reader that left (`| head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await runProgram(process.argv.slice(2));
await endProcess();

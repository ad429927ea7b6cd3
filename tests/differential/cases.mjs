// Runs [name, function] cases in order, tells of each, and exits 1 if any threw.
export async function runCases(cases) {
  let failed = 0;
  for (const [name, run] of cases) {
    try {
      await run();
      console.log(`ok     ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}\n${error.stack}`);
    }
  }
  console.log(`${cases.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exit(1);
}

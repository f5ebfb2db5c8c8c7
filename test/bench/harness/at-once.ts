/** Does the work for each number from 0, so many at once, and gives the seconds it took. */
export async function timeAtOnce(total: number, atOnce: number, work: (n: number) => Promise<void>): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(atOnce, total) }, async () => {
      for (let n = next++; n < total; n = next++) await work(n);
    }),
  );
  return (performance.now() - startedAt) / 1_000;
}

/** Does the work over and over for so long, so many at once, and gives how often a second. */
export async function timeFor(ms: number, atOnce: number, work: (n: number) => Promise<void>): Promise<number> {
  let done = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() - startedAt < ms) await work(done++);
    }),
  );
  return done / ((performance.now() - startedAt) / 1_000);
}

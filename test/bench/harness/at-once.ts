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

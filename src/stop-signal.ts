/**
 * Resolves at the first Ctrl-C or SIGTERM. A second Ctrl-C ends the process at once. A second SIGTERM changes nothing:
 * supervisors repeat it, and what is under way ends in a bounded time.
 */
export function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (): void => {
      stopping = true;
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', () => {
      if (stopping) process.exit(130);
      stop();
    });
  });
}

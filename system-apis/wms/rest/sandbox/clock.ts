/** The warehouse's time: never goes back, and what happens after a snapshot is later than it by a millisecond at least. */
export class Clock {
  private floorMs = 0;

  now(): string {
    this.floorMs = Math.max(Date.now(), this.floorMs);
    return new Date(this.floorMs).toISOString();
  }

  snapshot(): string {
    const at = this.now();
    this.floorMs += 1;
    return at;
  }
}

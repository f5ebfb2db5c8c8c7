export default function setup(): void {
  // Replaced below.
}

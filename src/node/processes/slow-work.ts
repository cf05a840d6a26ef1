const TELL_MILLISECONDS = 5_000;

/** Tells every five seconds how far the work is, so that a start that takes minutes is not taken for one that hangs. */
export async function tellWhile(work: Promise<void>, tell: () => void): Promise<void> {
  const telling = setInterval(tell, TELL_MILLISECONDS);
  try {
    await work;
  } finally {
    clearInterval(telling);
  }
}

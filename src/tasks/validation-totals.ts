/** What a look at a whole registry counts. */
export interface ValidationTotals {
  readonly records: number;
  readonly providers: number;
  readonly modules: number;
  readonly versions: number;
  readonly archives: number;
  readonly keys: number;
  /** Findings by outcome; notices are counted apart. */
  readonly fail: number;
  readonly retry: number;
  readonly hold: number;
  readonly notices: number;
  /** Findings that are no notice, by code. */
  readonly byCode: Readonly<Record<string, number>>;
  readonly filesWithFailures: number;
  readonly ms: number;
}

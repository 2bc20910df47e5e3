// Types of numgate.js for quick apps, a CommonJS module.

/** The response of Numgate's `POST /v1/apps/{appId}/sessions`, as the backend received it. */
export interface Session {
  session: string;
  provider?: string;
  expiresAt?: string;
  client: {
    /** `version` is passed to the SDK's `getSign`, the other members to its other functions, unchanged. */
    parameters: Record<string, unknown>;
    [member: string]: unknown;
  };
}

/** The body for the backend's call of `POST /v1/apps/{appId}/verify`. Send it unchanged, as JSON. */
export interface TokenResult {
  session: string;
  token: string;
  /** Byte for byte as the SDK returned it. Do not decode it. */
  userInformation?: string;
  /** The `phoneNumber` of the options. */
  phoneNumber?: string;
}

/** The body of `POST /v1/apps/{appId}/failures`. */
export interface Report {
  session: string;
  report: unknown;
}

/** A failure of Numgate's API, or its response, which contains the failure as a member. */
export type Explanation = Failure | { failure: Failure } | null | undefined;

export interface Failure {
  reason: string;
  advice: string;
  title?: string;
  titleZh?: string;
  [member: string]: unknown;
}

/** The body of `POST /v1/apps/{appId}/signatures`. */
export interface SignatureRequest {
  session: string;
  /** The text of the SDK. */
  preSign: string;
}

export interface Options {
  session: Session;
  /** China Mobile's `jssdk`. */
  sdk: unknown;
  /** Shows the image at this address; its events call `imageLoaded` and `imageFailed`. */
  image: (address: string) => void;
  /** Sends the text to the backend. Returns the signature, or the response that contains it. */
  sign: (body: SignatureRequest) => string | { sign: string } | Promise<string | { sign: string }>;
  /** The number that the user typed. */
  phoneNumber?: string;
  /** Sends a report of the SDK to the backend. Without it: `sdk-failed`. */
  explain?: (body: Report) => Explanation | Promise<Explanation>;
  /** Milliseconds from the image request to the token. Default: 30000. */
  timeout?: number;
  /** The version for the SDK's `getSign`. Default: the version of the session, otherwise `1.2`. */
  version?: string;
}

/** Failures that are detected by the client. All other reasons are those of Numgate's API. */
export type LocalReason =
  | 'number-not-acquired'
  | 'sign-failed'
  | 'sdk-timeout'
  | 'sdk-failed'
  | 'session-invalid'
  | 'cancelled'
  | 'busy';

/** Advice of Numgate's API. */
export type Advice =
  | 'use-sms'
  | 'use-cellular'
  | 'new-session'
  | 'ask-again'
  | 'retry-later'
  | 'fix-request'
  | 'fix-configuration'
  | 'contact-vendor'
  | 'none';

export class NumgateError extends Error {
  readonly reason: LocalReason | (string & {});
  readonly advice: Advice;
  readonly title: string;
  readonly titleZh: string;
  /** The report of the SDK, unchanged. */
  readonly report?: unknown;
  /** The exception of the SDK or of the app. */
  readonly cause?: unknown;
  /** Members of a failure of the API, such as `fault`, `carrier` and `vendor`. */
  readonly [member: string]: unknown;
}

/** Number verification (本机号码校验). Rejects with a `NumgateError`. */
export function verify(options: Options): Promise<TokenResult>;

/** For the event `complete` of the image element. */
export function imageLoaded(): void;

/** For the event `error` of the image element. */
export function imageFailed(): void;

/** Ends the call in progress: its promise is rejected with the reason `cancelled`. */
export function end(): void;

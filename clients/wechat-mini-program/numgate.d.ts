// Types of numgate.js for WeChat mini-programs, a CommonJS module.

/** The response of Numgate's `POST /v1/apps/{appId}/sessions`, as the backend received it. */
export interface Session {
  session: string;
  provider?: string;
  expiresAt?: string;
  client: {
    /** Passed to the SDK unchanged. */
    parameters: Record<string, unknown>;
    [member: string]: unknown;
  };
}

/** The body for the backend's call of `POST /v1/apps/{appId}/login`. Send it unchanged, as JSON. */
export interface TokenResult {
  session: string;
  token: string;
  /** Byte for byte as the SDK returned it. Do not decode it. */
  userInformation?: string;
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

export interface Options {
  session: Session;
  /** China Mobile's `YDRZ`. */
  sdk: unknown;
  /** Shows the authorisation page at this address in a web-view. */
  show: (url: string) => void;
  /** Closes the web-view after the call has ended. */
  hide?: () => void;
  /** Sends a report of the SDK to the backend. Without it: `sdk-failed`. */
  explain?: (body: Report) => Explanation | Promise<Explanation>;
  /** Milliseconds for the SDK and its authorisation page. Default: 120000. */
  timeout?: number;
}

/** Failures that are detected by the client. All other reasons are those of Numgate's API. */
export type LocalReason =
  | 'sdk-timeout'
  | 'sdk-failed'
  | 'session-invalid'
  | 'user-cancelled'
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

/** One-click login (一键登录). Rejects with a `NumgateError`. */
export function login(options: Options): Promise<TokenResult>;

/** For `bindmessage` of the web-view. */
export function message(event: unknown): void;

/** The web-view was closed. Without a message this is the user's cancellation: `user-cancelled`. */
export function closed(): void;

/** The phone's network, as the SDK reports it. Never rejects. */
export function network(options: Pick<Options, 'session' | 'sdk'>): Promise<'cellular' | 'wifi' | 'unknown'>;

/** Ends the call in progress: its promise is rejected with the reason `cancelled`. */
export function end(): void;

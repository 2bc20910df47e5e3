// Types of numgate.js. As a script it defines the global `Numgate`, as a CommonJS module it exports the same object.

export as namespace Numgate;

/** The response of Numgate's `POST /v1/apps/{appId}/sessions`, as the backend received it. */
export interface Session {
  session: string;
  /** Required for JiGuang, whose sessions have no `client.sdk.global`. */
  provider?: string;
  expiresAt?: string;
  client: Client;
}

export interface Client {
  sdk: {
    scripts: string[];
    styles: string[];
    package?: string;
    global?: string;
    entry?: string;
  };
  /** Passed to the SDK unchanged. */
  parameters: Record<string, unknown>;
  authPage?: {
    type: string;
    function: string;
    element?: string;
    /** Present for a pop-up without a mask: `submit` calls this function of the SDK. */
    submitFunction?: string;
    options?: Record<string, unknown>;
  };
  tokenLifeSeconds?: number;
  inputs?: string[];
}

/** The body for the backend's call of `POST /v1/apps/{appId}/login` or `/verify`. Send it unchanged, as JSON. */
export interface TokenResult {
  session: string;
  token: string;
  /** Byte for byte as the SDK returned it. Do not decode it. */
  userInformation?: string;
  /** The user's carrier, if the SDK reports it. */
  carrier?: 'YD' | 'CT' | 'CU';
  /** The `phoneNumber` of the options; only after `verify`. */
  phoneNumber?: string;
  /** The values that `client.inputs` names and the SDK returned. */
  inputs?: Record<string, unknown>;
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

export type Progress =
  /** Scripts and stylesheets are loaded. */
  | 'loading'
  /** The SDK is called. */
  | 'authorising'
  /** A custom pop-up without a mask waits for the user's entry and for `submit`. */
  | 'input'
  /** The token is available. */
  | 'done';

export interface LoadOptions {
  session: Session;
  /** The SDK's object, if the page imported it, such as `PhoneNumberServer` of `aliyun_numberauthsdk_web`. */
  sdk?: unknown;
  /** Scripts to load before those of the session, such as crypto-js or Aliyun's numberAuth-web-sdk.js. */
  scripts?: string[];
  /** Nonce of the page's Content-Security-Policy. Default: the nonce of the element that loaded numgate.js. */
  nonce?: string;
}

export interface Options extends LoadOptions {
  /** The number that the user typed; for `verify`. */
  phoneNumber?: string;
  /** Where to send a report of the SDK: an address of the backend, or a function. Without it: `sdk-failed`. */
  explain?: string | ((body: Report) => Explanation | Promise<Explanation>);
  onProgress?: (state: Progress) => void;
  /** Milliseconds for the SDK and its authorisation page. Default: 120000. */
  timeout?: number;
  /** Logs of the SDK on the console (Aliyun, JiGuang). */
  debug?: boolean;
  /** Further members for the call that gets the token (Aliyun, JiGuang), such as `authPageOption` or `type`. */
  sdkOptions?: Record<string, unknown>;
}

/** Failures that are detected on the page. All other reasons are those of Numgate's API. */
export type LocalReason =
  | 'sdk-unavailable'
  | 'sdk-unsupported'
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
  /** The exception of the SDK or of the page. */
  readonly cause?: unknown;
  /** Members of a failure of the API, such as `fault`, `carrier` and `vendor`. */
  readonly [member: string]: unknown;
}

/** One-click login (一键登录). Rejects with a `NumgateError`. */
export function login(options: Options): Promise<TokenResult>;

/** Number verification (本机号码校验). Rejects with a `NumgateError`. */
export function verify(options: Options): Promise<TokenResult>;

/** The phone's network, as the SDK reports it. Never rejects. */
export function network(options: LoadOptions): Promise<'cellular' | 'wifi' | 'unknown'>;

/** Sends the entry in a custom pop-up without a mask. False if there is nothing to send. */
export function submit(): boolean;

/** Ends the call in progress: its promise is rejected with the reason `cancelled`. */
export function end(): void;

/** A collector of its own for a test: takes OTLP over HTTP as any collector does, and tells the spans that came. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import protobuf from 'protobufjs';

/** What the tests read of opentelemetry-proto 1.x, trace/v1 and its parts. */
const PROTO = `
syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { repeated Span spans = 2; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; Status status = 15;
}
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`;

const Request = protobuf.parse(PROTO).root.lookupType('Request');

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Decoded {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}

interface RawSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status?: { readonly code: number };
}

export interface Span extends Omit<RawSpan, 'attributes' | 'status'> {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly service: unknown;
  /** 1: OK, 2: error. */
  readonly status: number;
}

export interface OtlpReceiver {
  readonly endpoint: string;
  readonly spans: readonly Span[];
  /** Everything that came, byte by byte. */
  raw(): string;
  until(wanted: (spans: readonly Span[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: Span[] = [];
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const known = request.url === '/v1/traces' && request.headers['content-type'] === 'application/x-protobuf';
      if (known) spans.push(...spansOf(body));
      bodies.push(Buffer.from(JSON.stringify(request.headers)), body);
      response.writeHead(known ? 200 : 415).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    raw: () => Buffer.concat(bodies).toString('latin1'),
    async until(wanted) {
      while (!wanted(spans)) await sleep(100);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function spansOf(body: Buffer): readonly Span[] {
  const options = { bytes: String, longs: String, arrays: true, objects: true };
  const { resourceSpans } = Request.toObject(Request.decode(body), options) as Decoded;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => toSpan(span, attributesOf(resource.attributes)['service.name'])),
    ),
  );
}

function toSpan({ attributes, status, ...raw }: RawSpan, service: unknown): Span {
  const hex = (base64 = '') => Buffer.from(base64, 'base64').toString('hex');
  const ids = { traceId: hex(raw.traceId), spanId: hex(raw.spanId), parentSpanId: hex(raw.parentSpanId) };
  return { ...raw, ...ids, attributes: attributesOf(attributes), service, status: status?.code ?? 0 };
}

function attributesOf(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

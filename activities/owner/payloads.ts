/** Reads a run's history events with the client's own data converter, codecs included. */
import type { Client } from '@temporalio/client';
import type { Payload, ProtoFailure } from '@temporalio/common';

/** The SDK decodes results and memos, but leaves the payloads of history events to whoever reads them. */
export async function decodePayloads(
  client: Client,
  payloads: readonly Payload[] | null | undefined,
): Promise<unknown[]> {
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter;
  let encoded = [...(payloads ?? [])];
  // Codecs were applied in list order, so they are undone from the end.
  for (const codec of [...payloadCodecs].reverse()) encoded = await codec.decode(encoded);
  return encoded.map((payload) => payloadConverter.fromPayload(payload));
}

/** What a failure says: where failures' messages are encoded, what stands in their place tells nothing. */
export async function decodeMessage(client: Client, failure: ProtoFailure): Promise<string> {
  const { encodedAttributes, message } = failure;
  const [encoded] = await decodePayloads(client, encodedAttributes ? [encodedAttributes] : []);
  const told = (encoded as { readonly message?: unknown } | null | undefined)?.message;
  return typeof told === 'string' ? told : (message ?? '');
}

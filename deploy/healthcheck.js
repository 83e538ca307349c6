// Whether the process can do its work or is to be started anew: the image has no curl.
const answer = await fetch(`http://127.0.0.1:${process.env.PROVISIONER_HEALTH_PORT || 9464}/healthz`).catch(
  () => undefined,
);
process.exit(answer?.ok ? 0 : 1);

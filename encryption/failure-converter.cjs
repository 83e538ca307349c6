/**
 * Moves a failure's message and stack trace into a payload, which the codec encrypts. CommonJS, since the SDK requires it by
 * its path; the bundler puts it beside the workflows, whose failures are made there.
 */
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });

// Package awsjson serves AWS's aws-json 1.1 protocol on the types and schemas
// of aws-sdk-go-v2: a table of method expressions in, an [http.Handler] out.
//
// Inputs and outputs are the SDK's own structs. The names on the wire, their
// cases and the forms of timestamps and blobs come from the schemas that the
// SDK's types carry since they are schema based. Both directions walk the
// structs by reflection: the generated serialisers leave out members that are
// zero, but AWS sends runningCount 0 and enabled false, and clients count on
// it; the generated deserialisers exist for outputs only.
//
// The protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
package awsjson

package logs

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"
)

// The messages of Amazon CloudWatch Logs and of Docker's awslogs driver, so
// that a comparison with AWS corrects them in one place.
const (
	msgGroupExists   = "The specified log group already exists"
	msgStreamExists  = "The specified log stream already exists"
	msgNoGroup       = "The specified log group does not exist."
	msgNoStream      = "The specified log stream does not exist."
	msgNoResource    = "The specified resource does not exist."
	msgBadToken      = "The specified nextToken is invalid."
	msgNull          = "1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null"
	msgTooShort      = "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must have length greater than or equal to %d"
	msgTooLong       = "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have length less than or equal to %d"
	msgTooSmall      = "1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d"
	msgTooGreat      = "1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d"
	msgPattern       = "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy regular expression pattern: %s"
	msgEnum          = "1 validation error detected: Value '%v' at '%s' failed to satisfy constraint: Member must satisfy enum value set: [%s]"
	msgOneOf         = "Exactly one of %s and %s is required."
	msgExclusive     = "%s and %s can't be used together."
	msgOrder         = "Cannot order by LastEventTime with a logStreamNamePrefix."
	msgChronology    = "Log events in a single PutLogEvents request must be in chronological order."
	msgSpan          = "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
	msgBatch         = "Upload too large: %d bytes exceeds limit of %d"
	msgEvent         = "Log event too large: %d bytes exceeds limit of %d"
	msgTags          = "The resource can't have more than %d tags."
	msgBadPattern    = "Invalid filter pattern"
	msgBadCharacters = "Invalid character(s) in term '%s'"
	msgNoOperation   = "the operation %s of CloudWatch Logs isn't supported by this endpoint"
	msgNoMember      = "%s: the member %s isn't supported by this endpoint"

	msgUnknownOption     = "unknown log opt '%s' for awslogs log driver"
	msgUnsupportedOption = "log opt '%s' of the awslogs log driver isn't supported by this endpoint"
	msgNoOption          = "must specify a value for log opt '%s'"
	msgBadOption         = "must specify valid value for log opt '%s': %q"
	msgBothPatterns      = "you cannot configure log opt '%s' and '%s' at the same time"
	msgCreateGroup       = "failed to create Cloudwatch log group: %w"
	msgCreateStream      = "failed to create Cloudwatch log stream: %w"
)

func invalid(format string, args ...any) error {
	return &types.InvalidParameterException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func exists(message string) error {
	return &types.ResourceAlreadyExistsException{Message: aws.String(message)}
}

func notFound(message string) error {
	return &types.ResourceNotFoundException{Message: aws.String(message)}
}

// unsupported is the error for what AWS has and this package doesn't.
func unsupported(format string, args ...any) error {
	return &smithy.GenericAPIError{
		Code:    "UnsupportedOperationException",
		Message: fmt.Sprintf(format, args...),
		Fault:   smithy.FaultClient,
	}
}

// notEnum is the error for a value that isn't one of an enum's.
func notEnum[T, E any](value T, member string, enum []E) error {
	return invalid(msgEnum, value, member, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(enum)), ", "), "[]"))
}

package secrets

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"
)

func formatted(format string, args []any) *string { return aws.String(fmt.Sprintf(format, args...)) }

func notFound(format string, args ...any) error {
	return &types.ResourceNotFoundException{Message: formatted(format, args)}
}

func invalidParameter(format string, args ...any) error {
	return &types.InvalidParameterException{Message: formatted(format, args)}
}

func invalidRequest(format string, args ...any) error {
	return &types.InvalidRequestException{Message: formatted(format, args)}
}

func exists(format string, args ...any) error {
	return &types.ResourceExistsException{Message: formatted(format, args)}
}

func limitExceeded(format string, args ...any) error {
	return &types.LimitExceededException{Message: formatted(format, args)}
}

// validation is the exception that neither service's model has but both send.
func validation(format string, args ...any) error {
	return &smithy.GenericAPIError{
		Code:    "ValidationException",
		Message: *formatted(format, args),
		Fault:   smithy.FaultClient,
	}
}

// described returns an error as ECS quotes it: code and message.
func described(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return err.Error()
	}
	return api.ErrorCode() + ": " + api.ErrorMessage()
}

package server

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
)

func clientException(format string, args ...any) error {
	return &types.ClientException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func invalidParameter(format string, args ...any) error {
	return &types.InvalidParameterException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func clusterNotFound() error {
	return &types.ClusterNotFoundException{Message: aws.String(msgClusterNotFound)}
}

// unsupportedMember refuses an input member that this endpoint knows but
// can't honour.
func unsupportedMember(member string) error {
	return &types.UnsupportedFeatureException{Message: aws.String(fmt.Sprintf(msgUnsupportedMember, member))}
}

// unsupportedOperation answers an operation that ECS has and this endpoint
// hasn't.
func unsupportedOperation(name string) error {
	return &smithy.GenericAPIError{
		Code:    "UnsupportedOperationException",
		Message: fmt.Sprintf(msgUnsupportedOperation, name),
		Fault:   smithy.FaultClient,
	}
}

func inactiveCluster() error {
	return &types.ClusterNotFoundException{Message: aws.String(msgClusterInactive)}
}

// resourceNotFound answers a call about a resource of that kind by its ARN.
func resourceNotFound(kind string) error {
	return &types.ResourceNotFoundException{Message: aws.String(fmt.Sprintf(msgResourceNotFound, kind, kind))}
}

package server

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// launchRules has, for each compatibility, what a definition must be like for
// it, in the order in which AWS lists them.
var launchRules = []struct {
	compatibility types.Compatibility
	check         func(*registration) error
}{
	{types.CompatibilityExternal, checkExternal},
	{types.CompatibilityEc2, checkEC2},
	{types.CompatibilityManagedInstances, checkManagedInstances},
	{types.CompatibilityFargate, checkFargate},
}

// compatibilities are all that a valid definition can be launched on.
func compatibilities(in *registration) []types.Compatibility {
	list := []types.Compatibility{}
	for _, r := range launchRules {
		if r.check(in) == nil {
			list = append(list, r.compatibility)
		}
	}
	return list
}

// checkCompatibilities checks a definition for what it requires: EC2, if it
// doesn't say.
func checkCompatibilities(in *registration) error {
	required := in.RequiresCompatibilities
	if len(required) == 0 {
		required = []types.Compatibility{types.CompatibilityEc2}
	}
	for _, r := range launchRules {
		if slices.Contains(required, r.compatibility) {
			if err := r.check(in); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkEC2 wants to know how much memory each container gets.
func checkEC2(in *registration) error {
	return each(in.ContainerDefinitions, func(c *types.ContainerDefinition) error {
		none := in.Memory == nil && c.Memory == nil && c.MemoryReservation == nil
		return firstOf(when(none, msgNoMemory, *c.Name))
	})
}

// checkExternal is for instances outside AWS, which have no ENIs.
func checkExternal(in *registration) error {
	if in.NetworkMode == types.NetworkModeAwsvpc {
		return clientException(msgExternalMode, in.NetworkMode)
	}
	return checkEC2(in)
}

func checkManagedInstances(in *registration) error {
	return firstOf(
		when(!sharesPorts(in.NetworkMode), msgManagedMode),
		when(in.Cpu == nil, msgLaunchNeeds, "Managed Instances", "cpu"),
		when(in.Memory == nil, msgLaunchNeeds, "Managed Instances", "memory"),
		when(aws.ToString(in.ExecutionRoleArn) == "" && usesECR(in), msgLaunchRole, "Managed Instances", "ECR images"),
	)
}

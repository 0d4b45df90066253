package server

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The bounds of a RunTask.
const (
	maxSubnets        = 16
	maxSecurityGroups = 5
	maxClientToken    = 64
)

var (
	clientTokenForm = regexp.MustCompile(`^[!-~]{1,64}$`)
	startedByForm   = regexp.MustCompile(`^[A-Za-z0-9_/-]{0,128}$`)
	groupForm       = regexp.MustCompile(`^[A-Za-z0-9_:/.-]{1,255}$`)
)

// checkRunTask checks what needs nothing but the request.
func checkRunTask(in *ecs.RunTaskInput) error {
	switch n := orElse(in.Count, 1); {
	case deref(in.TaskDefinition) == "":
		return invalidParameter(msgEmpty, "TaskDefinition")
	case n < 1 || n > maxRunTask:
		return invalidParameter(msgTaskCount, maxRunTask)
	case in.ClientToken != nil && !clientTokenForm.MatchString(*in.ClientToken):
		return invalidParameter(msgClientToken, maxClientToken)
	case !startedByForm.MatchString(deref(in.StartedBy)):
		return invalidParameter(msgStartedBy)
	case in.Group != nil && !groupForm.MatchString(*in.Group):
		return invalidParameter(msgGroup, *in.Group)
	case in.PropagateTags != "" && in.PropagateTags != types.PropagateTagsTaskDefinition && in.PropagateTags != types.PropagateTagsNone:
		return invalidParameter(msgPropagateTags, in.PropagateTags)
	case in.LaunchType != "" && len(in.CapacityProviderStrategy) > 0:
		return invalidParameter(msgLaunchAndStrategy)
	case in.LaunchType != "" && !slices.Contains(in.LaunchType.Values(), in.LaunchType):
		return invalidParameter(msgLaunchTypeUnknown, in.LaunchType)
	}
	if err := checkTags(in.Tags); err != nil {
		return err
	}
	return unsupportedOfRunTask(in)
}

// unsupportedOfRunTask refuses what a RunTask may ask of AWS but not of this
// endpoint.
func unsupportedOfRunTask(in *ecs.RunTaskInput) error {
	switch {
	case in.LaunchType == types.LaunchTypeExternal || in.LaunchType == types.LaunchTypeManagedInstances:
		return unsupportedMember("launchType " + string(in.LaunchType))
	case in.EnableExecuteCommand:
		return unsupportedMember("enableExecuteCommand")
	//lint:ignore SA1019 old clients may still send it.
	case in.Overrides != nil && len(in.Overrides.InferenceAcceleratorOverrides) > 0:
		return unsupportedMember("overrides.inferenceAcceleratorOverrides")
	}
	return nil
}

// checkOrder checks a request against its task definition.
func checkOrder(o order) error {
	if o.launchType == types.LaunchTypeFargate && !slices.Contains(o.definition.def.Compatibilities, types.CompatibilityFargate) {
		return invalidParameter(msgLaunchType, o.launchType)
	}
	if err := checkPlatform(o); err != nil {
		return err
	}
	if err := checkNetwork(o.definition, o.input.NetworkConfiguration); err != nil {
		return err
	}
	if err := checkVolumeConfigurations(o.definition, o.input.VolumeConfigurations); err != nil {
		return err
	}
	return checkOverrides(o)
}

// checkNetwork holds a network configuration against the network mode.
func checkNetwork(td *taskDefinition, c *types.NetworkConfiguration) error {
	given := c != nil && c.AwsvpcConfiguration != nil
	switch {
	case isAWSVPC(td) && !given:
		return invalidParameter(msgNetworkRequired)
	case !given:
		return nil
	case !isAWSVPC(td):
		return invalidParameter(msgNetworkUnwanted)
	case len(c.AwsvpcConfiguration.Subnets) == 0:
		return invalidParameter(msgSubnetsEmpty)
	case len(c.AwsvpcConfiguration.Subnets) > maxSubnets:
		return invalidParameter(msgSubnetsTooMany, maxSubnets)
	case len(c.AwsvpcConfiguration.SecurityGroups) > maxSecurityGroups:
		return invalidParameter(msgGroupsTooMany, maxSecurityGroups)
	}
	return nil
}

func digits(n int32) *string { return aws.String(strconv.Itoa(int(n))) }

func digitsIf(n *int32) *string {
	if n == nil {
		return nil
	}
	return digits(*n)
}

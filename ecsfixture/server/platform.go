package server

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The versions of the Fargate platform for Linux: those that lack what came
// with 1.4.0, and all.
var (
	oldPlatforms = []string{"1.0.0", "1.1.0", "1.2.0", "1.3.0"}
	platforms    = append([]string{"LATEST", "1.4.0"}, oldPlatforms...)
)

// checkPlatform checks that the platform version of an order is there, and
// that it has what its task definition needs.
func checkPlatform(o order) error {
	version := deref(o.input.PlatformVersion)
	switch {
	case version == "":
		return nil
	case o.launchType != types.LaunchTypeFargate:
		return invalidParameter(msgPlatformEC2, o.launchType)
	case !slices.Contains(platforms, version):
		return &types.PlatformUnknownException{Message: aws.String(msgPlatformUnknown)}
	case slices.Contains(oldPlatforms, version) && needsNewPlatform(o):
		return &types.PlatformTaskDefinitionIncompatibilityException{Message: aws.String(msgPlatformOld)}
	}
	return nil
}

// needsNewPlatform reports whether an order has what came with 1.4.0.
func needsNewPlatform(o order) bool {
	return firstSet(override1(o.input).EphemeralStorage, o.definition.def.EphemeralStorage) != nil ||
		slices.ContainsFunc(o.definition.def.Volumes, func(v types.Volume) bool {
			return v.EfsVolumeConfiguration != nil || aws.ToBool(v.ConfiguredAtLaunch)
		})
}

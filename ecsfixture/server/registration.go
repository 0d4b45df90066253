package server

import (
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"
)

// registration is what is to become a task definition.
type registration = ecs.RegisterTaskDefinitionInput

const (
	maxDefinitionSize = 64 << 10 // bytes of JSON
	maxContainers     = 10
	maxConstraints    = 10
	minEphemeralGiB   = 21
	maxEphemeralGiB   = 200
)

// rolePattern is a role's name or ARN.
var rolePattern = regexp.MustCompile(`^(arn:aws[a-z-]*:iam::\d*:role/[\w+=,.@/-]+|[\w+=,.@-]{1,64})$`)

// checkRegistration applies all rules of RegisterTaskDefinition, in this
// order. It needs no service: what is registered before makes no difference.
func checkRegistration(in *registration) error {
	for _, check := range []func(*registration) error{
		checkSupported,
		checkFamily,
		checkSizeOnWire,
		checkModes,
		checkContainers,
		checkVolumes,
		checkReferences,
		checkDependencies,
		checkNetworkMode,
		checkRoles,
		checkTaskSize,
		checkPlacement,
		checkCompatibilities,
		func(in *registration) error { return checkTags(in.Tags) },
	} {
		if err := check(in); err != nil {
			return err
		}
	}
	return nil
}

func checkFamily(in *registration) error {
	name := aws.ToString(in.Family)
	return firstOf(
		when(name == "", msgFamilyEmpty),
		when(!namePattern.MatchString(name), msgFamilyCharacters),
	)
}

func checkSizeOnWire(in *registration) error {
	n := len(awsjson.Marshal(in))
	return firstOf(when(n > maxDefinitionSize, msgDefinitionSize, n, maxDefinitionSize))
}

// checkModes checks the enumerations at the top of a definition.
func checkModes(in *registration) error {
	checks := []error{
		checkEnum("networkMode", in.NetworkMode),
		checkEnum("pidMode", in.PidMode),
		checkEnum("ipcMode", in.IpcMode),
		checkEnum("requiresCompatibilities", in.RequiresCompatibilities...),
	}
	if p := in.RuntimePlatform; p != nil {
		checks = append(checks, checkEnum("runtimePlatform.cpuArchitecture", p.CpuArchitecture))
	}
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkRoles checks the form of the roles, and that secrets have one to be
// fetched with.
func checkRoles(in *registration) error {
	for _, role := range []*string{in.ExecutionRoleArn, in.TaskRoleArn} {
		if aws.ToString(role) != "" && !rolePattern.MatchString(*role) {
			return clientException(msgRole)
		}
	}
	if aws.ToString(in.ExecutionRoleArn) != "" {
		return nil
	}
	return each(in.ContainerDefinitions, func(c *types.ContainerDefinition) error {
		return firstOf(
			when(len(c.Secrets) > 0, msgRoleNeeded, "container secrets"),
			when(c.RepositoryCredentials != nil, msgRoleNeeded, "repository credentials"),
			when(c.LogConfiguration != nil && len(c.LogConfiguration.SecretOptions) > 0, msgRoleNeeded, "log driver secrets"),
		)
	})
}

func checkPlacement(in *registration) error {
	if n := len(in.PlacementConstraints); n > maxConstraints {
		return clientException(msgConstraintsTooMany, maxConstraints)
	}
	if e := in.EphemeralStorage; e != nil && (e.SizeInGiB < minEphemeralGiB || e.SizeInGiB > maxEphemeralGiB) {
		return clientException(msgEphemeralStorage, minEphemeralGiB, maxEphemeralGiB)
	}
	return each(in.PlacementConstraints, func(c *types.TaskDefinitionPlacementConstraint) error {
		if err := checkEnum("placementConstraints.type", c.Type); err != nil {
			return err
		}
		if c.Type == "" {
			return clientException(msgNull, "PlacementConstraint.type")
		}
		return addMember(new(placement.Rules), c.Expression)
	})
}

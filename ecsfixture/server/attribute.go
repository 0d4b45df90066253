package server

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The two families of attributes that container instances have.
const (
	dockerAPI  = "com.amazonaws.ecs.capability.docker-remote-api."
	capability = "com.amazonaws.ecs.capability."
	newer      = "ecs.capability."
)

// requiredAttributes are what a container instance must have to run the
// definition, each once.
func requiredAttributes(in *registration) []types.Attribute {
	names := taskAttributes(in)
	for _, c := range in.ContainerDefinitions {
		names = append(names, containerAttributes(c, in)...)
	}
	list := []types.Attribute{}
	for i, name := range names {
		if !slices.Contains(names[:i], name) {
			list = append(list, types.Attribute{Name: aws.String(name)})
		}
	}
	return list
}

// needs are attributes and what they are needed for.
type needs []struct {
	when  bool
	names []string
}

func (n needs) names() []string {
	var list []string
	for _, row := range n {
		if row.when {
			list = append(list, row.names...)
		}
	}
	return list
}

func taskAttributes(in *registration) []string {
	cpu, _ := sizeOf(in.Cpu, parseCPU)
	role := aws.ToString(in.TaskRoleArn) != ""
	host := in.NetworkMode == types.NetworkModeHost
	docker := slices.ContainsFunc(in.Volumes, func(v types.Volume) bool { return v.DockerVolumeConfiguration != nil })
	efs := slices.ContainsFunc(in.Volumes, func(v types.Volume) bool { return v.EfsVolumeConfiguration != nil })
	return needs{
		{in.NetworkMode == types.NetworkModeAwsvpc, []string{dockerAPI + "1.18", newer + "task-eni"}},
		{role && !host, []string{capability + "task-iam-role"}},
		{role && host, []string{capability + "task-iam-role-network-host"}},
		{cpu > moreTaskCPU, []string{newer + "increased-task-cpu-limit"}},
		{in.PidMode != "" || in.IpcMode != "", []string{newer + "pid-ipc-namespace-sharing"}},
		{docker, []string{newer + "docker-plugin.local"}},
		{efs, []string{newer + "efsAuth", dockerAPI + "1.25"}},
	}.names()
}

func containerAttributes(c types.ContainerDefinition, in *registration) []string {
	role := aws.ToString(in.ExecutionRoleArn) != ""
	ecr := ecrImage.MatchString(aws.ToString(c.Image))
	awslogs := c.LogConfiguration != nil && c.LogConfiguration.LogDriver == types.LogDriverAwslogs
	return needs{
		{len(c.PortMappings) > 0, []string{dockerAPI + "1.18"}},
		{c.LogConfiguration != nil, []string{dockerAPI + "1.19"}},
		{awslogs, []string{capability + "logging-driver.awslogs"}},
		{awslogs && role, []string{newer + "execution-role-awslogs"}},
		{ecr, []string{capability + "ecr-auth"}},
		{ecr && role, []string{newer + "execution-role-ecr-pull"}},
		{c.MemoryReservation != nil, []string{dockerAPI + "1.21"}},
		{aws.ToBool(c.Privileged), []string{capability + "privileged-container"}},
		{c.HealthCheck != nil, []string{dockerAPI + "1.24", newer + "container-health-check"}},
		{len(c.DependsOn) > 0, []string{newer + "container-ordering"}},
		{hasSecret(c, true), []string{newer + "secrets.asm.environment-variables"}},
		{hasSecret(c, false), []string{newer + "secrets.ssm.environment-variables"}},
		{c.RepositoryCredentials != nil, []string{newer + "private-registry-authentication.secretsmanager"}},
		{len(c.EnvironmentFiles) > 0, []string{newer + "env-files.s3"}},
		{c.RestartPolicy != nil, []string{newer + "container-restart-policy"}},
	}.names()
}

// hasSecret reports whether c has a secret of Secrets Manager, or one of the
// Parameter Store.
func hasSecret(c types.ContainerDefinition, manager bool) bool {
	return slices.ContainsFunc(c.Secrets, func(s types.Secret) bool {
		return strings.Contains(aws.ToString(s.ValueFrom), ":secretsmanager:") == manager
	})
}

package server

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

func isCapability(a types.Attribute) bool {
	return strings.HasPrefix(deref(a.Name), capability) || strings.HasPrefix(deref(a.Name), newer)
}

// capabilities are what a current agent can do: all that a task definition can
// require.
func capabilities() (list []types.Attribute) {
	for minor := 17; minor <= 44; minor++ {
		list = append(list, types.Attribute{Name: aws.String(fmt.Sprintf("%s1.%d", dockerAPI, minor))})
	}
	for _, name := range capabilityNames {
		list = append(list, types.Attribute{Name: aws.String(name)})
	}
	return list
}

// capabilityNames are the capabilities of an agent beside the versions of the
// Docker API.
var capabilityNames = []string{
	capability + "privileged-container",
	capability + "task-iam-role",
	capability + "task-iam-role-network-host",
	capability + "ecr-auth",
	capability + "logging-driver.awslogs",
	capability + "logging-driver.json-file",
	newer + "container-health-check",
	newer + "container-ordering",
	newer + "container-restart-policy",
	newer + "docker-plugin.local",
	newer + "efsAuth",
	newer + "env-files.s3",
	newer + "execution-role-awslogs",
	newer + "execution-role-ecr-pull",
	newer + "increased-task-cpu-limit",
	newer + "pid-ipc-namespace-sharing",
	newer + "private-registry-authentication.secretsmanager",
	newer + "secrets.asm.environment-variables",
	newer + "secrets.ssm.environment-variables",
	newer + "task-cpu-mem-limit",
	newer + "task-eni",
}

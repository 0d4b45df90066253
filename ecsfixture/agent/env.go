package agent

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// LinkLocal is where containers find the agent.
const LinkLocal = "http://169.254.170.2"

// access is what a task's containers are given.
func (a *Agent) access(t *task) server.AgentAccess {
	way := a.network.way(t)
	out := server.AgentAccess{Address: way.address, Env: map[string][]runtime.EnvVar{}}
	for _, c := range t.containers {
		out.Env[c.name] = a.environment(c, way)
	}
	return out
}

// environment are the variables that ECS sets, and the one that makes SDKs
// call the fixture.
func (a *Agent) environment(c *container, w way) []runtime.EnvVar {
	t := c.task
	env := []runtime.EnvVar{
		{Name: "ECS_CONTAINER_METADATA_URI", Value: w.base + "/v3/" + c.id},
		{Name: "ECS_CONTAINER_METADATA_URI_V4", Value: w.base + "/v4/" + c.id},
		{Name: "ECS_AGENT_URI", Value: w.base + "/api/" + c.id},
		{Name: "AWS_EXECUTION_ENV", Value: executionEnv(t.LaunchType)},
		{Name: "AWS_REGION", Value: t.Region},
		{Name: "AWS_DEFAULT_REGION", Value: t.Region},
	}
	if t.taskRole != nil {
		env = append(env, credentialsVar(t.taskRole, w))
	}
	if a.cfg.API != nil && w.reachable {
		env = append(env, runtime.EnvVar{Name: "AWS_ENDPOINT_URL", Value: w.base + endpointPath + t.endpoint})
	}
	return env
}

// credentialsVar leads SDKs to the task role's credentials. They take a
// relative path at 169.254.170.2, or a full one on the loopback.
func credentialsVar(c *credential, w way) runtime.EnvVar {
	if w.base == LinkLocal {
		return runtime.EnvVar{Name: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Value: c.path()}
	}
	return runtime.EnvVar{Name: "AWS_CONTAINER_CREDENTIALS_FULL_URI", Value: w.base + c.path()}
}

func executionEnv(launch types.LaunchType) string {
	switch launch {
	case types.LaunchTypeFargate:
		return "AWS_ECS_FARGATE"
	case types.LaunchTypeManagedInstances:
		return "AWS_ECS_MANAGED_INSTANCES"
	}
	return "AWS_ECS_EC2"
}

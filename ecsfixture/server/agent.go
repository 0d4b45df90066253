package server

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Agent is what containers call for metadata, credentials and more: the
// container agent's endpoint.
type Agent interface {
	// Register makes a new task known, before any of its containers is
	// made. It runs under the service's lock: it must not call the task's
	// State.
	Register(AgentTask) AgentAccess
	// Forget says that a task has stopped: nothing of it is to be served
	// any more.
	Forget(taskARN string)
}

// AgentTask is a task as its agent knows it.
type AgentTask struct {
	ARN, ID               string
	Cluster               string // its name
	Account, Region       string
	LaunchType            types.LaunchType
	NetworkMode           types.NetworkMode
	TaskRole, ExecRole    string   // ARNs; empty if the task has none
	Containers            []string // their names
	FaultInjectionEnabled bool

	// Service is where the task runs.
	Service *Service
	// State tells how the task is now.
	State func() AgentState
}

// AgentAccess is how the containers of a task reach the agent.
type AgentAccess struct {
	Address string                      // for TaskSpec.Agent
	Env     map[string][]runtime.EnvVar // by container
}

// AgentState is a task at a moment.
type AgentState struct {
	Task       types.Task
	Definition types.TaskDefinition
	Network    runtime.Network
	Containers map[string]AgentContainer // by name
	// InstanceTags are those of the container instance, if there is one.
	InstanceTags []types.Tag
}

// AgentContainer is what the runtime told of a container.
type AgentContainer struct {
	ImageID                          string
	Container                        runtime.Container // nil until it is created
	CreatedAt, StartedAt, FinishedAt time.Time
	Health                           runtime.Event // the last one
	Restarts                         int
}

// register makes t known to the agent. The caller holds s.mu.
func (s *Service) register(t *task) AgentAccess {
	t.told = map[string]AgentContainer{}
	if s.cfg.Agent == nil {
		return AgentAccess{}
	}
	def := t.definition.def
	info := AgentTask{
		ARN: t.arn(), ID: t.id, Cluster: t.cluster.name,
		Account: s.cfg.Account, Region: s.cfg.Region,
		LaunchType: t.api.LaunchType, NetworkMode: networkMode(t.definition),
		TaskRole:              s.roleARN(t.api.Overrides.TaskRoleArn, def.TaskRoleArn),
		ExecRole:              s.roleARN(t.api.Overrides.ExecutionRoleArn, def.ExecutionRoleArn),
		FaultInjectionEnabled: deref(def.EnableFaultInjection),
		Service:               s,
		State:                 func() AgentState { return s.agentState(t) },
	}
	for _, d := range def.ContainerDefinitions {
		info.Containers = append(info.Containers, *d.Name)
	}
	return s.cfg.Agent.Register(info)
}

// roleARN is the first role that is set, as an ARN: a definition may have a
// role's name alone.
func (s *Service) roleARN(roles ...*string) string {
	role := deref(firstSet(roles...))
	if role == "" || strings.HasPrefix(role, "arn:") {
		return role
	}
	return "arn:aws:iam::" + s.cfg.Account + ":role/" + role
}

func (s *Service) agentState(t *task) AgentState {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := AgentState{
		Task: t.output(true), Definition: clone(t.definition.def),
		Network: t.network, Containers: map[string]AgentContainer{},
	}
	if t.instance != nil {
		state.InstanceTags = clone(t.instance.tags)
	}
	for name, c := range t.told {
		state.Containers[name] = c
	}
	return state
}

// tell keeps something of a container for the agent.
func (r *runner) tell(name string, f func(*AgentContainer)) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	c := r.t.told[name]
	f(&c)
	r.t.told[name] = c
}

// forgotten tells the agent that the task has stopped.
func (r *runner) forgotten() {
	if r.s.cfg.Agent != nil {
		r.s.cfg.Agent.Forget(r.t.arn())
	}
}

// withAgent adds what the agent gives a container: its own variables whatever
// env says, the others where env doesn't set them.
func withAgent(env, given []runtime.EnvVar) []runtime.EnvVar {
	out := slices.Clone(env)
	for _, v := range given {
		if ofAgent(v.Name) || !isSet(env, v.Name) {
			out = setVar(out, v.Name, v.Value)
		}
	}
	return out
}

// ofAgent reports whether a variable leads to the agent.
func ofAgent(name string) bool {
	return strings.HasPrefix(name, "ECS_") || strings.HasPrefix(name, "AWS_CONTAINER_CREDENTIALS_")
}

func isSet(env []runtime.EnvVar, name string) bool {
	for _, v := range env {
		if v.Name == name {
			return true
		}
	}
	return false
}

// hasContainer keeps the container that was made, once.
func (a *AgentContainer) hasContainer(c runtime.Container) {
	if a.Container == nil {
		a.Container, a.CreatedAt = c, time.Now()
	}
}

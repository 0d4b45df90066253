package server

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"
)

// maxRunTask is the largest count of one RunTask.
const maxRunTask = 10

// RunTask starts new tasks from a task definition. Each is there for
// DescribeTasks when RunTask returns.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
func (s *Service) RunTask(ctx context.Context, in *ecs.RunTaskInput) (*ecs.RunTaskOutput, error) {
	if err := checkRunTask(in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if again, err := s.sameToken(in); again != nil || err != nil {
		return again, err
	}
	order, err := s.newOrder(in)
	if err != nil {
		return nil, err
	}
	out := &ecs.RunTaskOutput{Failures: []types.Failure{}, Tasks: []types.Task{}}
	var ids []string
	for _, order.provider = range shareOut(order.strategy, nil, int(orElse(in.Count, 1))) {
		f := s.find(order)
		if f.failed && order.provider == nil && len(f.failures) == 0 {
			return nil, invalidParameter(reasonNoInstances)
		}
		if f.failed {
			out.Failures = withFailures(out.Failures, f.failures)
			continue
		}
		t := s.newTask(order, f.lodging)
		ids = append(ids, t.id)
		out.Tasks = append(out.Tasks, t.output(true))
		s.launch(t)
	}
	s.keepToken(in, ids)
	return out, nil
}

// withFailures adds the failures of resources that are not in the list yet.
func withFailures(list, more []types.Failure) []types.Failure {
	for _, f := range more {
		if !slices.ContainsFunc(list, func(o types.Failure) bool { return *o.Arn == *f.Arn }) {
			list = append(list, f)
		}
	}
	return list
}

// order is what tasks are made from, checked and with its defaults.
type order struct {
	cluster    *cluster
	definition *taskDefinition
	input      *ecs.RunTaskInput
	launchType types.LaunchType
	strategy   []types.CapacityProviderStrategyItem // nil without capacity providers
	provider   *string                              // the next task's capacity provider
	group      string
	tags       []types.Tag
	rules      placement.Rules
	among      func(*instance) bool // the instances that will do, nil if all
}

// newOrder checks all that needs the store. The caller holds s.mu.
func (s *Service) newOrder(in *ecs.RunTaskInput) (o order, err error) {
	if o.cluster, err = s.activeCluster(in.Cluster); err != nil {
		return o, err
	}
	if o.definition, err = s.runnable(*in.TaskDefinition); err != nil {
		return o, err
	}
	asked := *in
	asked.Overrides = withoutZeros(in.Overrides)
	o.input = &asked
	if o.launchType, o.strategy, err = s.launchChoice(o.cluster, in.LaunchType, in.CapacityProviderStrategy); err != nil {
		return o, err
	}
	if err := checkOrder(o); err != nil {
		return o, err
	}
	if o.rules, err = placementRules(o.launchType, o.definition, in.PlacementConstraints, in.PlacementStrategy); err != nil {
		return o, err
	}
	o.group = orElse(in.Group, "family:"+*o.definition.def.Family)
	o.tags = taskTags(o)
	return o, checkTags(o.tags)
}

// runnable returns the ACTIVE task definition of a name. The caller holds
// s.mu.
func (s *Service) runnable(name string) (*taskDefinition, error) {
	td, ok := s.findTaskDefinition(name)
	if !ok {
		return nil, clientException(msgTaskDefinitionMissing)
	}
	if td.def.Status != types.TaskDefinitionStatusActive {
		return nil, clientException(msgTaskDefinitionIdle)
	}
	return td, nil
}

// taskTags are the tags that a new task gets: its own, those propagated from
// the definition that don't collide, and the ones that ECS manages.
func taskTags(o order) []types.Tag {
	tags := clone(o.input.Tags)
	if o.input.PropagateTags == types.PropagateTagsTaskDefinition {
		for _, tag := range o.definition.tags {
			if !slices.ContainsFunc(tags, func(t types.Tag) bool { return *t.Key == *tag.Key }) {
				tags = append(tags, clone(tag))
			}
		}
	}
	return tags
}

// newTask makes a task, puts it into the store and into its lodging. The
// caller holds s.mu.
func (s *Service) newTask(o order, l lodging) *task {
	t := &task{id: newID(), cluster: o.cluster, definition: o.definition, tags: clone(o.tags)}
	if o.input.EnableECSManagedTags {
		t.tags = append(t.tags, types.Tag{Key: aws.String("aws:ecs:clusterName"), Value: aws.String(o.cluster.name)})
	}
	t.api = s.newAPITask(t, o)
	t.moveIn(l)
	t.api.Containers = s.newContainers(t)
	t.api.LastStatus = aws.String(firstStatus(t).String())
	t.steps = []Step{{At: *t.api.CreatedAt, Status: *t.api.LastStatus}}
	s.tasks[t.id] = t
	s.order = append(s.order, t)
	return t
}

func (s *Service) newAPITask(t *task, o order) types.Task {
	def, in := o.definition.def, o.input
	api := types.Task{
		TaskArn:              aws.String(s.arn("task", o.cluster.name, t.id)),
		ClusterArn:           aws.String(o.cluster.arn),
		TaskDefinitionArn:    def.TaskDefinitionArn,
		Attachments:          []types.Attachment{},
		Attributes:           []types.Attribute{{Name: aws.String("ecs.cpu-architecture"), Value: aws.String(architecture(def))}},
		AvailabilityZone:     aws.String(s.cfg.Region + "a"),
		CapacityProviderName: o.provider,
		Cpu:                  plain(firstSet(override1(in).Cpu, def.Cpu), parseCPU),
		Memory:               plain(firstSet(override1(in).Memory, def.Memory), parseMemory),
		CreatedAt:            aws.Time(time.Now()),
		DesiredStatus:        aws.String(running.String()),
		EnableExecuteCommand: in.EnableExecuteCommand,
		Group:                aws.String(o.group),
		HealthStatus:         types.HealthStatusUnknown,
		//lint:ignore SA1019 ECS still sends the empty list.
		InferenceAccelerators: []types.InferenceAccelerator{},
		LaunchType:            o.launchType,
		Overrides:             overrides(def, in.Overrides),
		StartedBy:             in.StartedBy,
		Version:               1,
	}
	if isAWSVPC(o.definition) {
		api.Attachments = append(api.Attachments, newAttachment(in.NetworkConfiguration))
	}
	for _, c := range in.VolumeConfigurations {
		api.Attachments = append(api.Attachments, newEBSAttachment(c))
	}
	if o.launchType == types.LaunchTypeFargate {
		onFargate(&api, def, in)
	}
	return clone(api)
}

func override1(in *ecs.RunTaskInput) types.TaskOverride { return deref(in.Overrides) }

func firstSet[T any](list ...*T) *T {
	for _, p := range list {
		if p != nil {
			return p
		}
	}
	return nil
}

func architecture(def types.TaskDefinition) string {
	if def.RuntimePlatform != nil && def.RuntimePlatform.CpuArchitecture == types.CPUArchitectureArm64 {
		return "arm64"
	}
	return "x86_64"
}

// defaultStorage is the ephemeral storage of a Fargate task in GiB.
const defaultStorage = 20

// platformOf is the platform version that LATEST stands for; others stand for
// themselves.
func platformOf(version *string) *string {
	if deref(version) == "LATEST" {
		return aws.String("1.4.0")
	}
	return version
}

// onFargate fills in what only Fargate tasks have.
func onFargate(api *types.Task, def types.TaskDefinition, in *ecs.RunTaskInput) {
	api.PlatformVersion = platformOf(firstSet(in.PlatformVersion, aws.String("LATEST")))
	api.PlatformFamily = aws.String("Linux")
	storage := firstSet(override1(in).EphemeralStorage, def.EphemeralStorage, &types.EphemeralStorage{SizeInGiB: defaultStorage})
	api.EphemeralStorage = storage
	api.FargateEphemeralStorage = &types.TaskEphemeralStorage{SizeInGiB: storage.SizeInGiB}
}

// overrides returns what a task answers for its overrides: every container by
// name, even where nothing of it was overridden.
func overrides(def types.TaskDefinition, in *types.TaskOverride) *types.TaskOverride {
	out := clone(deref(in))
	given := out.ContainerOverrides
	out.ContainerOverrides = []types.ContainerOverride{}
	for _, d := range def.ContainerDefinitions {
		i := slices.IndexFunc(given, func(o types.ContainerOverride) bool { return deref(o.Name) == *d.Name })
		if i < 0 {
			out.ContainerOverrides = append(out.ContainerOverrides, types.ContainerOverride{Name: d.Name})
			continue
		}
		out.ContainerOverrides = append(out.ContainerOverrides, given[i])
	}
	//lint:ignore SA1019 ECS still sends the empty list.
	if out.InferenceAcceleratorOverrides == nil {
		//lint:ignore SA1019 as above
		out.InferenceAcceleratorOverrides = []types.InferenceAcceleratorOverride{}
	}
	return &out
}

// newContainers are a task's containers before anything is known of them.
func (s *Service) newContainers(t *task) (list []types.Container) {
	for _, d := range t.definition.def.ContainerDefinitions {
		o := overrideOf(t, *d.Name)
		list = append(list, types.Container{
			ContainerArn:      aws.String(s.arn("container", t.cluster.name, t.id, newUUID())),
			TaskArn:           t.api.TaskArn,
			Name:              d.Name,
			Image:             d.Image,
			LastStatus:        aws.String(pending.String()),
			HealthStatus:      types.HealthStatusUnknown,
			NetworkInterfaces: []types.NetworkInterface{},
			NetworkBindings:   []types.NetworkBinding{},
			Cpu:               digits(orElse(o.Cpu, d.Cpu)),
			Memory:            digitsIf(firstSet(o.Memory, d.Memory)),
			MemoryReservation: digitsIf(firstSet(o.MemoryReservation, d.MemoryReservation)),
		})
	}
	return clone(list)
}

// launch starts the life of a task. The caller holds s.mu.
func (s *Service) launch(t *task) {
	t.runner = newRunner(s, t)
	s.runners.Add(1)
	if s.cfg.TaskChanged != nil {
		s.cfg.TaskChanged(t.output(false))
	}
	if t.instance != nil {
		s.instanceChanged(t.instance)
	}
	s.broadcast()
	go t.runner.run()
}

package server

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// revision is what the tasks of a deployment are made from. It never changes:
// a rollback goes back to a revision.
type serviceRevision struct {
	number, arn string
	definition  *taskDefinition
	launch      types.LaunchType
	strategy    []types.CapacityProviderStrategyItem // nil without capacity providers
	api         types.ServiceRevision
	// alternate says that its tasks register in the alternate target groups:
	// blue and green take turns.
	alternate bool
}

// deployment is the tasks of one revision. Task sets have one each, too.
type deployment struct {
	id                   string // ecs-svc/ and the revision's number
	revision             *serviceRevision
	createdAt, updatedAt time.Time
	state                types.DeploymentRolloutState
	reason               string
	failed               int  // tasks in a row
	halted               bool // nothing is launched any more
	frozen               *int // how many tasks it keeps, when that isn't for the rollout to say

	round       int       // of launches: tasks that are launched together
	failedRound int       // the last that failed
	failures    int       // rounds in a row that failed
	from        time.Time // nothing is launched before
	stalled     bool      // and has said so
	unplaced    string    // what it said last of tasks that find no place
}

func newDeployment(rev *serviceRevision) *deployment {
	now := wholeMilli(time.Now())
	return &deployment{id: "ecs-svc/" + rev.number, revision: rev, createdAt: now, updatedAt: now}
}

// wholeMilli is the first millisecond that isn't before t. What the wire tells
// of a deployment is not before the call that made it, then: by that
// Terraform's provider knows the new one.
func wholeMilli(t time.Time) time.Time {
	if whole := t.Truncate(time.Millisecond); !whole.Equal(t) {
		return whole.Add(time.Millisecond)
	}
	return t
}

// has reports whether t is a task of d.
func (d *deployment) has(t *task) bool { return t.deployment == d }

// turn gives d a new rollout state.
func (d *deployment) turn(state types.DeploymentRolloutState, reason string) {
	d.state, d.reason, d.updatedAt = state, reason, time.Now()
}

func (sv *service) describeDeployment(i int) types.Deployment {
	d := sv.deployments[i]
	running, pending := sv.counts(d.has)
	out := types.Deployment{
		Id:                       aws.String(d.id),
		Status:                   aws.String(deploymentStatus(i)),
		TaskDefinition:           d.revision.api.TaskDefinition,
		DesiredCount:             int32(sv.want(d)),
		RunningCount:             running,
		PendingCount:             pending,
		FailedTasks:              int32(d.failed),
		CreatedAt:                aws.Time(d.createdAt),
		UpdatedAt:                aws.Time(d.updatedAt),
		LaunchType:               d.revision.api.LaunchType,
		CapacityProviderStrategy: d.revision.api.CapacityProviderStrategy,
		PlatformVersion:          platformOf(d.revision.api.PlatformVersion),
		PlatformFamily:           d.revision.api.PlatformFamily,
		NetworkConfiguration:     d.revision.api.NetworkConfiguration,
		VolumeConfigurations:     d.revision.api.VolumeConfigurations,
		RolloutState:             d.state,

		ServiceConnectConfiguration: d.revision.api.ServiceConnectConfiguration,

		RolloutStateReason: aws.String(d.reason),
	}
	return clone(out)
}

func deploymentStatus(i int) string {
	if i == 0 {
		return "PRIMARY"
	}
	return "ACTIVE"
}

// newRevision records what the tasks of the service are made from now.
func (s *Service) newRevision(sv *service, td *taskDefinition, launch types.LaunchType, strategy []types.CapacityProviderStrategyItem) *serviceRevision {
	number := newNumber()
	rev := &serviceRevision{
		number: number, arn: s.arn("service-revision", sv.cluster.name, sv.name, number),
		definition: td, launch: launch, strategy: strategy,
	}
	rev.api = clone(types.ServiceRevision{
		ServiceRevisionArn:       aws.String(rev.arn),
		ServiceArn:               aws.String(sv.arn),
		ClusterArn:               aws.String(sv.cluster.arn),
		TaskDefinition:           td.def.TaskDefinitionArn,
		LaunchType:               sv.api.LaunchType,
		CapacityProviderStrategy: sv.api.CapacityProviderStrategy,
		PlatformVersion:          sv.api.PlatformVersion,
		PlatformFamily:           sv.api.PlatformFamily,
		NetworkConfiguration:     sv.api.NetworkConfiguration,
		VolumeConfigurations:     sv.volumes,

		ServiceConnectConfiguration: sv.connect,
		LoadBalancers:               sv.api.LoadBalancers,
		ServiceRegistries:           []types.ServiceRegistry{},
		ContainerImages:             images(td),
		CreatedAt:                   aws.Time(time.Now()),
	})
	sv.revisions = append(sv.revisions, rev)
	return rev
}

func images(td *taskDefinition) (list []types.ContainerImage) {
	for _, d := range td.def.ContainerDefinitions {
		list = append(list, types.ContainerImage{ContainerName: d.Name, Image: d.Image})
	}
	return list
}

// adopt makes the service show the settings of a revision: after a rollback it
// has those that it rolled back to.
func (sv *service) adopt(rev *serviceRevision) {
	api := clone(rev.api)
	sv.api.TaskDefinition = api.TaskDefinition
	sv.api.LaunchType = api.LaunchType
	sv.api.CapacityProviderStrategy = api.CapacityProviderStrategy
	sv.api.PlatformVersion = api.PlatformVersion
	sv.api.PlatformFamily = api.PlatformFamily
	sv.api.NetworkConfiguration = api.NetworkConfiguration
	sv.api.LoadBalancers = api.LoadBalancers
	sv.volumes, sv.connect = api.VolumeConfigurations, api.ServiceConnectConfiguration
}

// order is what the tasks of a deployment are made from.
func (sv *service) order(d *deployment) order {
	return order{
		cluster: sv.cluster, definition: d.revision.definition,
		launchType: d.revision.launch, strategy: d.revision.strategy,
		group: "service:" + sv.name, tags: sv.taskTags(d),
		rules: sv.rules(d), among: sv.instancesFor(),
		input: &ecs.RunTaskInput{
			NetworkConfiguration: d.revision.api.NetworkConfiguration,
			VolumeConfigurations: serviceVolumes(d.revision.api.VolumeConfigurations),
			PlatformVersion:      d.revision.api.PlatformVersion,
			StartedBy:            aws.String(d.id),
			EnableExecuteCommand: sv.api.EnableExecuteCommand,
		},
	}
}

// launchTask launches a task of a deployment in its lodging. The caller holds
// s.mu.
func (s *Service) launchTask(sv *service, d *deployment, o order, l lodging) *task {
	t := s.newTask(o, l)
	t.service, t.deployment, t.round = sv, d, d.round
	t.targets = targetsOf(sv, d.revision)
	sv.tasks = append(sv.tasks, t)
	s.launch(t)
	return t
}

// taskTags are the tags that a task of the service is born with.
func (sv *service) taskTags(d *deployment) (tags []types.Tag) {
	switch sv.api.PropagateTags {
	case types.PropagateTagsService:
		tags = clone(sv.tags)
	case types.PropagateTagsTaskDefinition:
		tags = clone(d.revision.definition.tags)
	}
	if sv.api.EnableECSManagedTags {
		tags = append(tags,
			types.Tag{Key: aws.String("aws:ecs:clusterName"), Value: aws.String(sv.cluster.name)},
			types.Tag{Key: aws.String("aws:ecs:serviceName"), Value: aws.String(sv.name)})
	}
	return tags
}

// targetsOf are the targets that a task of a revision will be.
func targetsOf(sv *service, rev *serviceRevision) (list []Target) {
	for _, lb := range rev.api.LoadBalancers {
		list = append(list, Target{
			Group: groupOf(lb, rev.alternate), Service: sv.arn,
			Container: deref(lb.ContainerName), Port: int(deref(lb.ContainerPort)),
		})
	}
	return list
}

// groupOf is the target group of a load balancer whose turn it is.
func groupOf(lb types.LoadBalancer, alternate bool) string {
	if a := lb.AdvancedConfiguration; alternate && a != nil && a.AlternateTargetGroupArn != nil {
		return *a.AlternateTargetGroupArn
	}
	return deref(lb.TargetGroupArn)
}

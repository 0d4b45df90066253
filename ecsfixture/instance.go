package ecsfixture

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// ContainerInstance describes a container instance to simulate. Its tasks run
// where all of the fixture's run, but no more of them than it has room for.
//
// A cluster that never had an instance takes any task, as if there were one
// with room for all. Once it has had one, tasks on EC2 are placed as ECS
// places them: by what they need, by constraints and by strategies.
type ContainerInstance = server.InstanceSpec

// WithContainerInstances registers container instances when the fixture
// starts, and after a [Fixture.Reset]. Clusters that they name are made.
func WithContainerInstances(list ...ContainerInstance) Option {
	return func(o *options) { o.instances = append(o.instances, list...) }
}

// WithoutImplicitInstance makes every cluster need container instances for
// tasks on EC2, as on AWS: without any, RunTask fails with "No Container
// Instances were found in your cluster."
func WithoutImplicitInstance() Option { return func(o *options) { o.noImplicit = true } }

// AddContainerInstance registers a container instance with its cluster. What
// waits for room is placed on it at once.
func (fx *Fixture) AddContainerInstance(t testing.TB, spec ContainerInstance) types.ContainerInstance {
	t.Helper()
	i, err := fx.zoneOfARN(spec.Cluster).ecs.AddInstance(spec)
	if err != nil {
		t.Fatal("ecsfixture: the container instance was not added: ", err)
	}
	return i
}

// TerminateInstance lets a container instance go as its host does that is
// terminated: its tasks end at once, without their stop timeouts, and it is
// INACTIVE.
func (fx *Fixture) TerminateInstance(t testing.TB, instanceARN string) {
	t.Helper()
	if err := fx.zoneOfARN(instanceARN).ecs.TerminateInstance(instanceARN); err != nil {
		t.Fatal("ecsfixture: ", err)
	}
}

// SetAgentConnected cuts the agent of a container instance off, or connects it
// again. Meanwhile nothing new is placed on the instance; its tasks run on.
func (fx *Fixture) SetAgentConnected(t testing.TB, instanceARN string, connected bool) {
	t.Helper()
	if err := fx.zoneOfARN(instanceARN).ecs.SetAgentConnected(instanceARN, connected); err != nil {
		t.Fatal("ecsfixture: ", err)
	}
}

// addInstances registers the instances of the options with the fixture's own
// zone.
func (fx *Fixture) addInstances(ctx context.Context) error {
	home := fx.home().ecs
	for _, spec := range fx.options.instances {
		in := &ecs.CreateClusterInput{}
		if spec.Cluster != "" {
			in.ClusterName = &spec.Cluster
		}
		if _, err := home.CreateCluster(ctx, in); err != nil {
			return err
		}
		if _, err := home.AddInstance(spec); err != nil {
			return err
		}
	}
	return nil
}

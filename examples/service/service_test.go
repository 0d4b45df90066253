// Package service shows tests of deployments: virtual time, no Docker engine,
// milliseconds. With real containers they look the same, but for the bubble
// and the runtime; see TestARollingUpdateLosesNoRequest in package ecsfixture.
package service_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/events"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/targetgroup"
)

// start starts a fixture whose images v1, v2 … work, of which broken never
// starts, and sick answers every request with 500.
func start(t *testing.T) *ecsfixture.Fixture {
	t.Helper()
	sick := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	return ecsfixture.Start(t, ecsfixture.WithTimeout(24*time.Hour), ecsfixture.WithRuntime(simulated.New(
		simulated.On(simulated.Image("shop:broken"), simulated.FailStart("exec: \"shop\": executable file not found in $PATH")),
		simulated.On(simulated.Image("shop:sick"), simulated.Serve(sick)),
	)))
}

// register registers the next revision of the task definition shop.
func register(t *testing.T, fx *ecsfixture.Fixture, image string) *string {
	t.Helper()
	out, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("shop"),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Image: aws.String(image), Memory: aws.Int32(64),
			PortMappings: []types.PortMapping{{ContainerPort: aws.Int32(8080)}},
		}},
	})
	require.NoError(t, err)
	return out.TaskDefinition.TaskDefinitionArn
}

// create makes the service shop, whose tasks a target group balances.
func create(t *testing.T, fx *ecsfixture.Fixture, group *targetgroup.Group, config *types.DeploymentConfiguration) {
	t.Helper()
	_, err := fx.ECS.CreateService(t.Context(), &ecs.CreateServiceInput{
		ServiceName: aws.String("shop"), TaskDefinition: register(t, fx, "shop:v1"), DesiredCount: aws.Int32(3),
		DeploymentConfiguration: config,
		LoadBalancers: []types.LoadBalancer{{
			TargetGroupArn: aws.String(group.ARN), ContainerName: aws.String("app"), ContainerPort: aws.Int32(8080),
		}},
	})
	require.NoError(t, err)
}

func update(t *testing.T, fx *ecsfixture.Fixture, in *ecs.UpdateServiceInput) {
	t.Helper()
	in.Service = aws.String("shop")
	_, err := fx.ECS.UpdateService(t.Context(), in)
	require.NoError(t, err)
}

var shop = &ecs.DescribeServicesInput{Services: []string{"shop"}}

// waitStable waits as a deployment tool does, with the SDK's waiter and its
// default delays.
func waitStable(t *testing.T, fx *ecsfixture.Fixture) types.Service {
	t.Helper()
	require.NoError(t, ecs.NewServicesStableWaiter(fx.ECS).Wait(t.Context(), shop, time.Hour))
	return describe(t, fx)
}

func describe(t *testing.T, fx *ecsfixture.Fixture) types.Service {
	t.Helper()
	out, err := fx.ECS.DescribeServices(t.Context(), shop)
	require.NoError(t, err)
	return out.Services[0]
}

// visit sends a request every ten seconds until the test stops it, and counts those
// that fail.
func visit(t *testing.T, client *http.Client) (failed func() int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var visitor sync.WaitGroup
	n := 0
	visitor.Go(func() {
		for ctx.Err() == nil {
			if _, err := get(client); err != nil {
				n++
			}
			time.Sleep(10 * time.Second)
		}
	})
	return func() int {
		stop()
		visitor.Wait()
		return n
	}
}

func get(client *http.Client) (string, error) {
	res, err := client.Get("http://shop/")
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", errors.New(res.Status)
	}
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

// saying tells whether a service has had an event with a text.
func saying(text string) func(types.Service) bool {
	return func(sv types.Service) bool {
		for _, e := range sv.Events {
			if strings.Contains(*e.Message, text) {
				return true
			}
		}
		return false
	}
}

// TestAnHourOfAService deploys, ships a release that can't start, watches ECS
// try again with growing delays, has the circuit breaker roll it back, scales,
// and deletes: an hour that takes a fraction of a second. No visitor notices.
func TestAnHourOfAService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx, began := start(t), time.Now()
		web := fx.TargetGroup("shop")
		create(t, fx, web, nil)
		first := waitStable(t, fx)
		assert.Equal(t, types.DeploymentRolloutStateCompleted, first.Deployments[0].RolloutState)
		failed := visit(t, web.Client())

		// Without a circuit breaker ECS tries a broken release for ever.
		update(t, fx, &ecs.UpdateServiceInput{TaskDefinition: register(t, fx, "shop:broken")})
		sv, err := fx.AwaitService(t.Context(), *first.ServiceArn, saying("is unable to consistently start tasks successfully"))
		require.NoError(t, err)
		assert.Len(t, sv.Deployments, 2)
		time.Sleep(40 * time.Minute)
		sv = describe(t, fx)
		assert.Equal(t, types.DeploymentRolloutStateInProgress, sv.Deployments[0].RolloutState)
		assert.Less(t, sv.Deployments[0].FailedTasks, int32(200), "the delays grow: without, there would be thousands")
		assert.Equal(t, int32(3), sv.Deployments[1].RunningCount, "the old tasks stay")

		// With one it goes back to the last deployment that was completed.
		update(t, fx, &ecs.UpdateServiceInput{
			ForceNewDeployment: true,
			DeploymentConfiguration: &types.DeploymentConfiguration{
				DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: true},
			},
		})
		sv = waitStable(t, fx)
		assert.Equal(t, first.TaskDefinition, sv.TaskDefinition)
		assert.True(t, saying("rolling back to deployment ecs-svc/")(sv))
		list, err := fx.ECS.ListServiceDeployments(t.Context(), &ecs.ListServiceDeploymentsInput{Service: aws.String("shop")})
		require.NoError(t, err)
		assert.Equal(t, types.ServiceDeploymentStatusRollbackSuccessful, list.ServiceDeployments[0].Status)

		// A good release goes through, and the service grows.
		update(t, fx, &ecs.UpdateServiceInput{TaskDefinition: register(t, fx, "shop:v2")})
		waitStable(t, fx)
		update(t, fx, &ecs.UpdateServiceInput{DesiredCount: aws.Int32(5)})
		assert.Equal(t, int32(5), waitStable(t, fx).RunningCount)
		time.Sleep(time.Until(began.Add(time.Hour)))
		assert.Len(t, web.Targets(), 5)
		body, err := get(web.Client())
		require.NoError(t, err)
		assert.Contains(t, body, "shop:v2")
		assert.Zero(t, failed(), "of an hour of requests")

		// What EventBridge was told.
		var told []string
		for _, e := range fx.Events.Events(events.Type(events.DeploymentStateChange)) {
			detail, _ := e.Service()
			told = append(told, strings.TrimPrefix(detail.EventName, "SERVICE_DEPLOYMENT_"))
		}
		assert.Equal(t, []string{
			"IN_PROGRESS", "COMPLETED", // v1
			"IN_PROGRESS",                                       // broken
			"IN_PROGRESS", "FAILED", "IN_PROGRESS", "COMPLETED", // broken again, and back
			"IN_PROGRESS", "COMPLETED", // v2
		}, told)

		_, err = fx.ECS.DeleteService(t.Context(), &ecs.DeleteServiceInput{Service: aws.String("shop"), Force: aws.Bool(true)})
		require.NoError(t, err)
		require.NoError(t, ecs.NewServicesInactiveWaiter(fx.ECS).Wait(t.Context(), shop, time.Hour))
		assert.Empty(t, web.Targets())
	})
}

// TestAReleaseThatFailsItsHealthChecks is rolled back before it gets a
// request.
func TestAReleaseThatFailsItsHealthChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := start(t)
		web := fx.TargetGroup("shop", targetgroup.Path("/health"))
		create(t, fx, web, &types.DeploymentConfiguration{
			DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: true},
		})
		first := waitStable(t, fx)
		failed := visit(t, web.Client())
		update(t, fx, &ecs.UpdateServiceInput{TaskDefinition: register(t, fx, "shop:sick")})
		sv := waitStable(t, fx)
		assert.Equal(t, first.TaskDefinition, sv.TaskDefinition)
		assert.True(t, saying("is unhealthy in (target-group "+web.ARN+") due to (reason Health checks failed with these codes: [500]).")(sv), fx.ServiceStory(*sv.ServiceArn))
		assert.Zero(t, failed())
	})
}

// TestCanary gives a release a tenth of the traffic, asks a function whether it
// is well, and takes it back when an alarm goes on.
func TestCanary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := start(t)
		blue, green := fx.TargetGroup("blue"), fx.TargetGroup("green")
		prod, lambda := fx.ListenerRule("prod"), "arn:aws:lambda:us-east-1:000000000000:function:smoke-test"
		var stages []string
		fx.SetHook(lambda, func(_ context.Context, c ecsfixture.HookCall) (types.DeploymentLifecycleHookStatus, error) {
			stages = append(stages, string(c.Stage))
			return types.DeploymentLifecycleHookStatusSucceeded, nil
		})
		_, err := fx.ECS.CreateService(t.Context(), &ecs.CreateServiceInput{
			ServiceName: aws.String("shop"), TaskDefinition: register(t, fx, "shop:v1"), DesiredCount: aws.Int32(2),
			LoadBalancers: []types.LoadBalancer{{
				TargetGroupArn: aws.String(blue.ARN), ContainerName: aws.String("app"), ContainerPort: aws.Int32(8080),
				AdvancedConfiguration: &types.AdvancedConfiguration{
					AlternateTargetGroupArn: aws.String(green.ARN), ProductionListenerRule: aws.String(prod.ARN),
					RoleArn: aws.String("arn:aws:iam::000000000000:role/ecs-elb"),
				},
			}},
			DeploymentConfiguration: &types.DeploymentConfiguration{
				Strategy:            types.DeploymentStrategyCanary,
				CanaryConfiguration: &types.CanaryConfiguration{CanaryPercent: aws.Float64(10), CanaryBakeTimeInMinutes: aws.Int32(30)},
				Alarms:              &types.DeploymentAlarms{AlarmNames: []string{"errors"}, Enable: true, Rollback: true},
				LifecycleHooks: []types.DeploymentLifecycleHook{{
					HookTargetArn: aws.String(lambda), RoleArn: aws.String("arn:aws:iam::000000000000:role/ecs-hooks"),
					LifecycleStages: []types.DeploymentLifecycleHookStage{types.DeploymentLifecycleHookStagePostScaleUp},
				}},
			},
		})
		require.NoError(t, err)
		waitStable(t, fx)

		update(t, fx, &ecs.UpdateServiceInput{TaskDefinition: register(t, fx, "shop:v2")})
		time.Sleep(15 * time.Minute)
		releases := map[string]int{}
		for range 100 {
			body, err := get(prod.Client())
			require.NoError(t, err)
			releases[body[strings.Index(body, "(")+1:strings.Index(body, ")")]]++
		}
		assert.Equal(t, map[string]int{"shop:v1": 90, "shop:v2": 10}, releases)
		assert.Equal(t, []string{"POST_SCALE_UP", "POST_SCALE_UP"}, stages, "of the first deployment and of this one")

		fx.SetAlarm("errors", true)
		sv := waitStable(t, fx)
		assert.Equal(t, map[string]float64{blue.ARN: 100, green.ARN: 0}, prod.Weights())
		assert.True(t, saying("deployment failed: alarm(s) detected.")(sv))
		t.Log(fx.ServiceStory(*sv.ServiceArn))
	})
}

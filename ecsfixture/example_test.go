package ecsfixture_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// begin starts a fixture whose containers follow the scripts of rt. In a test
// ecsfixture.Start(t, …) does the same and closes it. Without WithRuntime the
// containers are real.
func begin(ctx context.Context, opts ...simulated.Option) *ecsfixture.Fixture {
	fx, err := ecsfixture.New(ctx, ecsfixture.WithRuntime(simulated.New(opts...)))
	if err != nil {
		log.Fatal(err)
	}
	return fx
}

// define registers a task definition of one container, with the name and the
// image of the family.
func define(ctx context.Context, fx *ecsfixture.Fixture, family string, more ...func(*types.ContainerDefinition)) {
	d := types.ContainerDefinition{Name: aws.String(family), Image: aws.String(family), Memory: aws.Int32(64)}
	for _, f := range more {
		f(&d)
	}
	_, err := fx.ECS.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family:               aws.String(family),
		ExecutionRoleArn:     aws.String("arn:aws:iam::000000000000:role/execution"),
		ContainerDefinitions: []types.ContainerDefinition{d},
	})
	if err != nil {
		log.Fatal(err)
	}
}

// launch runs a task and returns its ARN.
func launch(ctx context.Context, fx *ecsfixture.Fixture, family string) string {
	out, err := fx.ECS.RunTask(ctx, &ecs.RunTaskInput{TaskDefinition: aws.String(family)})
	if err != nil {
		log.Fatal(err)
	}
	return *out.Tasks[0].TaskArn
}

// A program, or TestMain, starts a fixture with New and ends it with Close. The
// task here has a secret; the container is a Go function.
func ExampleNew() {
	ctx := context.Background()
	fx, err := ecsfixture.New(ctx, ecsfixture.WithRuntime(simulated.New(
		simulated.On(simulated.Container("worker"), simulated.Func(func(_ context.Context, p simulated.Process) int {
			fmt.Fprintf(p.Stdout, "signing in with %s\n", p.Getenv("DB_PASSWORD"))
			return 0
		})),
	)))
	if err != nil {
		log.Fatal(err)
	}
	defer fx.Close(ctx)

	secret := fx.Secrets.Put("db-password", "hunter2")
	define(ctx, fx, "worker", func(d *types.ContainerDefinition) {
		d.Secrets = []types.Secret{{Name: aws.String("DB_PASSWORD"), ValueFrom: aws.String(secret)}}
	})
	task := launch(ctx, fx, "worker")

	line, err := fx.Logs.Wait(ctx, logs.Task(task), logs.Contains("signing in"))
	fmt.Println(line.Text, err)
	// Output: signing in with hunter2 <nil>
}

// AwaitTask waits for a condition of one's own; its result says how the task
// ended.
func ExampleFixture_AwaitTask() {
	ctx := context.Background()
	fx := begin(ctx, simulated.On(simulated.Image("report"), simulated.PrintErr("disk full"), simulated.Exit(3)))
	defer fx.Close(ctx)
	define(ctx, fx, "report")

	task, err := fx.AwaitTask(ctx, launch(ctx, fx, "report"), func(t types.Task) bool { return *t.LastStatus == "STOPPED" })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(task.StopCode, *task.Containers[0].ExitCode)
	fmt.Print(fx.Logs.Text(logs.Task(*task.TaskArn)))
	// Output:
	// EssentialContainerExited 3
	// disk full
}

// Config makes clients for the fixture's other services.
func ExampleFixture_config() {
	ctx := context.Background()
	fx := begin(ctx)
	defer fx.Close(ctx)
	fx.Secrets.PutParameter("/app/mode", "fast")

	out, err := ssm.NewFromConfig(fx.Config).GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String("/app/mode")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*out.Parameter.Value)
	// Output: fast
}

// Throttle has the next RunTask refused; the SDK calls again. An interceptor of
// one's own sees each call.
func ExampleFixture_Intercept() {
	ctx := context.Background()
	fx := begin(ctx)
	defer fx.Close(ctx)
	define(ctx, fx, "web")

	calls := 0
	fx.Intercept(func(_ context.Context, c ecsfixture.Call) error {
		if in, ok := c.Input.(*ecs.RunTaskInput); ok {
			calls++
			fmt.Println(c.Service, c.Operation, *in.TaskDefinition)
		}
		return nil
	})
	fx.Intercept(ecsfixture.Throttle("RunTask", 1))
	launch(ctx, fx, "web")
	fmt.Println(calls, "calls")
	// Output:
	// ecs RunTask web
	// ecs RunTask web
	// 2 calls
}

// A target group balances the tasks of a service.
func ExampleFixture_TargetGroup() {
	ctx := context.Background()
	fx := begin(ctx, simulated.On(simulated.Image("web"),
		simulated.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }))))
	defer fx.Close(ctx)
	define(ctx, fx, "web", func(d *types.ContainerDefinition) {
		d.PortMappings = []types.PortMapping{{ContainerPort: aws.Int32(8080)}}
	})
	group := fx.TargetGroup("web")
	out, err := fx.ECS.CreateService(ctx, &ecs.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("web"), DesiredCount: aws.Int32(2),
		LoadBalancers: []types.LoadBalancer{{
			TargetGroupArn: aws.String(group.ARN), ContainerName: aws.String("web"), ContainerPort: aws.Int32(8080),
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	// In a test: fx.WaitServiceStable(t, *out.Service.ServiceArn)
	_, err = fx.AwaitService(ctx, *out.Service.ServiceArn, func(s types.Service) bool {
		return s.Deployments[0].RolloutState == types.DeploymentRolloutStateCompleted
	})
	if err != nil {
		log.Fatal(err)
	}
	res, err := http.Get(group.URL())
	if err != nil {
		log.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	fmt.Println(string(text), err)
	// Output: hello <nil>
}

// Fail answers a call with an error of one's choice.
func ExampleFail() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	fx := begin(ctx)
	defer fx.Close(ctx)
	fx.Intercept(ecsfixture.Fail("ListTasks", 1, &types.ClusterNotFoundException{}))

	_, err := fx.ECS.ListTasks(ctx, &ecs.ListTasksInput{})
	var missing *types.ClusterNotFoundException
	fmt.Println(errors.As(err, &missing))
	// Output: true
}

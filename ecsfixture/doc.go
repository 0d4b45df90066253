// Package ecsfixture is an Amazon ECS for tests: an endpoint in the test's own
// process, with real containers behind it, gone when the test ends.
//
//	func TestWorker(t *testing.T) {
//		fx := ecsfixture.Start(t)
//		fx.Secrets.Put("db", "hunter2")
//		td, err := fx.ECS.RegisterTaskDefinition(ctx, …)
//		run, err := fx.ECS.RunTask(ctx, &ecs.RunTaskInput{TaskDefinition: td.TaskDefinition.TaskDefinitionArn})
//		task := fx.WaitTaskStopped(t, *run.Tasks[0].TaskArn)
//		…
//	}
//
// The clients are those of aws-sdk-go-v2. Any other client works as well: the
// address is in [Fixture.URL]. States, stop codes, reasons and exit codes are
// those of Amazon ECS; docs/fidelity.md lists what differs.
package ecsfixture

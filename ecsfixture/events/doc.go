// Package events keeps what Amazon ECS would tell Amazon EventBridge: each
// change of a task, each action of a service, each step of a deployment and
// each change of a container instance, as [Amazon ECS events] words them.
//
// A [Log] has all events in the order in which they happened, to look at, to
// follow, to wait for and to handle; [PostTo] sends them to a URL too.
//
// [Amazon ECS events]: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_events.html
package events

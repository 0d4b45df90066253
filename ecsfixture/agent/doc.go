// Package agent is what a task's containers call: the task metadata endpoint
// in its versions 2, 3 and 4, the credentials of the task's roles, the task
// protection endpoint, and the fixture's own API.
//
// Containers reach it at 169.254.170.2, as on ECS, where the runtime leads
// that address to it. Whatever it serves takes a path that can't be guessed
// and that only the containers of one task are given.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
package agent

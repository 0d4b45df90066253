// Package server is the ECS control plane of a fixture: clusters, task
// definitions, tasks and their life cycle. It opens no sockets and knows no
// Docker: package awsjson speaks for it, and a [runtime.Runtime] runs what it
// decides to run.
//
// The methods of Service mirror those of the SDK's ECS client, without the
// option functions. Their errors are the SDK's typed exceptions.
package server

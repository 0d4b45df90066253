// Package secrets fakes the two stores that ECS takes secrets from, AWS
// Secrets Manager and the SSM Parameter Store, and resolves a task
// definition's secrets[].valueFrom against them as ECS does.
//
// [Manager] and [Parameters] have the methods of the SDK's clients, without
// the option functions, and the SDK's typed errors. Their outputs are fresh
// copies. A [Store] holds one of each and is what a fixture hands to its
// tests.
//
// A secret's value leaves the package through the members that AWS has for it
// and through what Resolve returns, nowhere else: not through errors, and not
// through any printed form of what is in here.
package secrets

// Package placement decides on which container instance a task is placed. It
// is pure: what it is given goes in, a decision comes out. [Find] has the
// whole process; [Parse] reads the [cluster query language] of constraints
// and filters; [Spread] deals out tasks among capacity providers.
//
// [cluster query language]: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
package placement

// Package targetgroup is a small [Application Load Balancer] in the test's
// process: a [Group] has the tasks of a service as its targets, checks their
// health, and spreads the requests to its URL over the healthy ones. A [Rule]
// splits requests between groups, as a listener's rule does.
//
// Targets that are taken out are drained: they get no new requests, and finish
// those that they have.
//
// One thing differs from AWS: where no target is healthy the answer is 503.
// The real one then tries the unhealthy ones too.
//
// [Application Load Balancer]: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
package targetgroup

// Package logs keeps what containers write.
//
// A [Sink] has every line of every container while the tasks run, to look at,
// to follow and to wait for. A [CloudWatch] is a fake of Amazon CloudWatch
// Logs; it gets the lines of the containers whose log driver is awslogs,
// through a [Driver], and serves them to unmodified clients.
package logs

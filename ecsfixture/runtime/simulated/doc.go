// Package simulated is a runtime whose containers are scripts: no engine, no
// image, no process. It is for tests that need the behaviour of ECS and not
// of a kernel, and it runs them in microseconds, the same way every time.
//
//	rt := simulated.New(
//		simulated.On(simulated.Image("web"),
//			simulated.Print("ready"),
//			simulated.HealthyAfter(5*time.Second),
//			simulated.RunFor(time.Minute),
//			simulated.Exit(0)),
//		simulated.On(simulated.Container("job"),
//			simulated.Func(func(ctx context.Context, p simulated.Process) int {
//				fmt.Fprintln(p.Stdout, "hello", p.Getenv("NAME"))
//				return 0
//			})),
//	)
//
// # Which script
//
// [On] ties a script to the containers that a [Matcher] picks. Where several
// match, the one with more conditions wins ([All] joins conditions); with as
// many, Command goes before Container, Container before Image, an image in
// full before a name without tag, and that before a pattern. What is still
// equal goes to the later declaration.
//
// A container without a script runs until it is stopped; see [Strict] to
// refuse it instead.
//
// # How a script runs
//
// [Print], [RunFor], [Exit], [OutOfMemory], [Vanish] and [Func] take place one
// after the other, from the beginning again at each start of the container.
// A script that ends with RunFor exits with 0; one that ends with Print, or
// has none of these steps, goes on until it is stopped. All other steps say
// something about the container as a whole, wherever they stand.
//
// At SIGTERM a script exits with 143 unless [OnTerm] or [IgnoreTerm] says
// otherwise; a kill is exit code 137. A container with a health check is
// healthy after the check's first interval unless its script says otherwise.
//
// # Networks
//
// Addresses are made up. A task in awsvpc mode has an IP of 10.0.0.0/16 and
// a matching MAC to itself, a container in bridge mode has host ports to
// itself while it runs. Within the process [Runtime.DialContext] reaches the
// TCP ports of portMappings: HTTP requests are answered by the script's
// [Serve], without one by a line that names the container. A Func listens by
// itself, with [Process.Listen].
//
// # Virtual time
//
// All time comes from package time, and no goroutine is left after
// [Runtime.Close]. In a testing/synctest bubble, where the runtime has to be
// made as well, an hour of a container's life takes no time.
package simulated

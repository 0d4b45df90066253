// Command worker is the container of the examples. "worker job" greets, tells
// how long its password is and exits with the code in EXIT; "worker serve"
// goes on until it is asked to stop.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: worker job|serve")
		os.Exit(2)
	}
	switch os.Args[1] {
	case "job":
		os.Exit(job())
	case "serve":
		serve()
	}
}

func job() int {
	fmt.Println("hello", os.Getenv("NAME"))
	fmt.Println("password of", len(os.Getenv("DB_PASSWORD")), "letters")
	code, _ := strconv.Atoi(os.Getenv("EXIT"))
	if code != 0 {
		fmt.Fprintln(os.Stderr, "giving up with", code)
	}
	return code
}

func serve() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	fmt.Println("serving")
	<-ctx.Done()
	fmt.Println("bye")
}

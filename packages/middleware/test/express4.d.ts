/** Express 4 beside 5, under a name of its own; what the tests use of it has the same types. */
declare module 'express4' {
  import express = require('express')
  export = express
}

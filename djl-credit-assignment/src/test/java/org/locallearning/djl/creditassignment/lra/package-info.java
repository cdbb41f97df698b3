/** Tests of recursive local representation alignment and its parts. */
package org.locallearning.djl.creditassignment.lra;

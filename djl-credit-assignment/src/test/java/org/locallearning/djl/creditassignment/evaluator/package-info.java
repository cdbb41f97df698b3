/** Tests of evaluators against counts by hand. */
package org.locallearning.djl.creditassignment.evaluator;

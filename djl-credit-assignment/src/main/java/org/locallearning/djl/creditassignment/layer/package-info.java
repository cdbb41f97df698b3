/**
 * Layer maths without rules: which blocks are known, and how an error passes a weighted layer
 * through given weights.
 */
package org.locallearning.djl.creditassignment.layer;

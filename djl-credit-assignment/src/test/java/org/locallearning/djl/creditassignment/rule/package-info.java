/** Tests of the rules. */
package org.locallearning.djl.creditassignment.rule;

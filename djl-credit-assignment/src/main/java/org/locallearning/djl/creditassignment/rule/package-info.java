/** The rules: one small class for each, in the terms of the paper that it is from. */
package org.locallearning.djl.creditassignment.rule;

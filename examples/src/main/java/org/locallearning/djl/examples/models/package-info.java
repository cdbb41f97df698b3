/**
 * The networks of the experiments, built of DJL's own blocks.
 *
 * <p>{@link org.locallearning.djl.examples.models.Models#create Models.create} is the way in.
 */
package org.locallearning.djl.examples.models;

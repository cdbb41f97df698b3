package demo;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.training.evaluator.Accuracy;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.rule.FeedbackAlignment;
import org.locallearning.djl.zoo.data.DataOptions;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.network.Networks;

public final class FirstRule {

    public static void main(String[] arguments) throws Exception {
        try (ImageData digits = DataSets.load("glyphs", DataOptions.builder().build());
                Model model = Model.newInstance("digits")) {
            model.setBlock(Networks.PERCEPTRON.create(digits.getSampleShape(), 10));
            TrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .addEvaluator(new Accuracy())
                            .addTrainingListeners(TrainingListener.Defaults.basic());
            CreditAssignment rule = FeedbackAlignment.builder().build();
            try (Trainer trainer = rule.newTrainer(model, config)) {
                trainer.initialize(new Shape(64).addAll(digits.getSampleShape()));
                EasyTrain.fit(trainer, 2, digits.training(64), digits.test(100));
                System.out.println(trainer.getTrainingResult().getValidateEvaluation("Accuracy"));
            }
        }
    }
}
